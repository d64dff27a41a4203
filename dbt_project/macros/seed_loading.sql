{#
    dbt writes what a seed ran to target/run/<path of the seed>. A rules folder outside of the project has
    an absolute path, and then that is the rule file itself: it would be overwritten. Only seeds call this.
#}
{% macro noop_statement(name=none, message=none, code=none, rows_affected=none, res=none) %}
    {% do caller() %}
    {% if name is not none %}
        {{ store_raw_result(name, message=message, code=code, rows_affected=rows_affected, agate_table=res) }}
    {% endif %}
{% endmacro %}


{# the adapter lets DuckDB guess the dialect; a cell such as `'a,'` next to others makes it guess wrong #}
{% macro duckdb__load_csv_rows(model, agate_table) %}
    {% set sql %}
        copy {{ this.render() }} from '{{ adapter.get_seed_file_path(model) | replace("'", "''") }}'
        (format csv, header true, delimiter ',', quote '"', escape '"', nullstr '', auto_detect false)
    {% endset %}
    {% do adapter.add_query(sql, abridge_sql_log=true) %}
    {{ return(sql) }}
{% endmacro %}
