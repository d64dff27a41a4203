with recursive

kpi_tree as (

    select * from {{ ref('kpi_tree') }}

),

walked_down as (

    select
        kpi_id,
        parent_kpi_id,
        name_en,
        name_ja,
        numerator,
        denominator,
        better,
        cast(0 as bigint) as level,
        kpi_id as path
    from kpi_tree
    where parent_kpi_id is null
    union all
    select
        kpi_tree.kpi_id,
        kpi_tree.parent_kpi_id,
        kpi_tree.name_en,
        kpi_tree.name_ja,
        kpi_tree.numerator,
        kpi_tree.denominator,
        kpi_tree.better,
        walked_down.level + 1 as level,
        walked_down.path || ' > ' || kpi_tree.kpi_id as path
    from kpi_tree
    inner join walked_down
        on kpi_tree.parent_kpi_id = walked_down.kpi_id

)

select * from walked_down
