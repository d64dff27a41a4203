with

kpi_tree as (

    select * from {{ ref('kpi_tree') }}

),

metrics_listed as (

    select numerator as metric
    from kpi_tree
    union
    select denominator as metric
    from kpi_tree

),

-- the name is all that follows the first colon, further colons included
names_split_off as (

    select
        metric,
        {{ dbt.split_part('metric', "':'", 1) }} as counted,
        substring(metric, {{ dbt.position("':'", 'metric') }} + 1) as name
    from metrics_listed
    where metric like '%:%'

)

select * from names_split_off
