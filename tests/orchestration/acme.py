"""A small company's own dbt project: one of each that its users write."""

from pathlib import Path

FILES = {
    "dbt_project.yml": """
name: acme
version: "1.0"
profile: lead_funnel
flags: {require_explicit_package_overrides_for_builtin_materializations: false}
dispatch: [{macro_namespace: dbt, search_order: [acme, lead_funnel, dbt]}]
vars: {smallest_team: 1}
models:
  acme:
    +schema: marts
    +materialized: table
    +persist_docs: {relation: true, columns: true}
""",
    "models/handoffs_of_teams.sql": """
select
    handoffs.sales_team,
    min(teams.region) as region,
    count(*) as handoffs
from {{ ref('lead_funnel', 'fct_handoffs') }} as handoffs
left join {{ ref('team_regions') }} as teams on handoffs.sales_team = teams.sales_team
where {{ lead_funnel.month_of('handoffs.handed_off_date') }} <= {{ lead_funnel.as_of_date() }}
group by handoffs.sales_team
having count(*) >= {{ var('smallest_team') }}
""",
    "models/handoffs_of_teams.yml": """
version: 2
models:
  - name: handoffs_of_teams
    description: Hand-offs of a sales team. One row per sales team.
    columns:
      - name: sales_team
        description: Sales team.
        data_tests: [unique, not_null]
      - {name: handoffs, description: Hand-offs up to the as-of date.}
    config:
      meta:
        panel:
          title: {en: Hand-offs by team, ja: チーム別の引き渡し}
          chart: bar
          x: sales_team
          y: handoffs
semantic_models:
  - name: teams
    model: ref('handoffs_of_teams')
    defaults: {agg_time_dimension: counted_on}
    primary_entity: team
    dimensions:
      - name: counted_on
        type: time
        expr: "date '2026-06-30'"
        type_params: {time_granularity: day}
    measures:
      - {name: team_handoffs, agg: sum, expr: handoffs, create_metric: true}
""",
    "models/handoff_log.sql": """
{{ config(materialized='incremental', unique_key='handoff_id', schema='acme') }}
select handoff_id, handed_off_date, {{ lead_funnel.as_of_date() }} as built_for
from {{ ref('recent_handoffs') }}
{% if is_incremental() %}
where handed_off_date > (select max(built_for) from {{ this }})
{% endif %}
""",
    "models/recent_handoffs.sql": """
{{ config(materialized='ephemeral') }}
select * from {{ ref('fct_handoffs') }}
""",
    "seeds/team_regions.csv": "sales_team,region\nEast Japan,east\n",
    "tests/few_handoffs.sql": """
{{ config(severity='warn') }}
select * from {{ ref('handoffs_of_teams') }} where handoffs < 1000
""",
}


def write_project(folder: Path) -> Path:
    """Write all files of the project into a folder, which is returned."""
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text.lstrip(), encoding="utf-8")
    return folder
