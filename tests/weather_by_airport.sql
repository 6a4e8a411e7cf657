/* ---
description: 26,115 readings; Newark lacks three hours that the others have, and one wind is implausible.
--- */
with
expected(origin, readings) as (
    values ('EWR', 8703), ('JFK', 8706), ('LGA', 8706)
),

found as (
    select origin, count(*) as readings
    from {{ ref "stg_weather" }}
    group by origin
)

select origin, expected.readings as expected, found.readings as found
from expected
full join found using (origin)
where expected.readings is distinct from found.readings
