/* ---
description: 70 planes have no year and 3,299 no speed; NA became NULL and nothing else did.
--- */
with
found as (
    select
        count(*) filter (built_year is null) as without_year,
        count(*) filter (cruising_kmh is null) as without_speed,
        count(*) filter (plane_type is null or manufacturer is null or model is null or engine_type is null) as without_text
    from {{ ref "stg_planes" }}
)

select * from found where without_year <> 70 or without_speed <> 3299 or without_text <> 0
