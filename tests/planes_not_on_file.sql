/* ---
description: >
  50,094 flights name a plane that the registry lacks, 2,512 name none. The test on the column only
  warns of them; here a change of either number is an error.
--- */
with
found as (
    select
        count(*) filter (tail_number is null) as without_plane,
        count(*) filter (
            tail_number is not null
            and not exists (
                select 1 from {{ ref "stg_planes" }} as planes where planes.tail_number = flights.tail_number
            )
        ) as not_on_file
    from {{ ref "stg_flights" }} as flights
)

select * from found where without_plane <> 2512 or not_on_file <> 50094
