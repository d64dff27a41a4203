"""What `funnel rules diff` asks of the two sides; variables `day_before` (date) and `days`."""

# acceptance is learnt from mature hand-offs by grade and score band, or from all if they are few
MINIMUM_HANDOFFS = 5

VIEWS = f"""
    create view spells as
    select 'before' as side, * from fct_qualifications_before
    union all
    select 'after' as side, * from fct_qualifications_after;

    create view recent_spells as
    select *
    from spells
    -- the end is exclusive: a spell that ended with the day before is outside
    where qualified_to is null or qualified_to > getvariable('day_before') + 1;

    create view begun_spells as
    select *
    from spells
    where qualified_from > getvariable('day_before');

    create view judged as
    select
        'before' as side, fit_grade, score_at_handoff, outcome
    from fct_handoffs_before
    where is_mature and outcome <> 'withdrawn'
    union all
    select
        'after' as side, fit_grade, score_at_handoff, outcome
    from fct_handoffs_after
    where is_mature and outcome <> 'withdrawn';

    create view acceptance as
    select
        side,
        fit_grade,
        floor(score_at_handoff / 50.0) as band,
        count(*) as handoffs,
        avg((outcome in ('accepted', 'accepted_late'))::integer) as accepted_share
    from judged
    group by side, fit_grade, band
    having count(*) >= {MINIMUM_HANDOFFS};

    create view overall_acceptance as
    select side, avg((outcome in ('accepted', 'accepted_late'))::integer) as accepted_share
    from judged
    group by side;

    create view expected as
    select
        begun_spells.side,
        begun_spells.person_id,
        coalesce(acceptance.accepted_share, overall_acceptance.accepted_share) as accepted_share
    from begun_spells
    left join acceptance
        on
            begun_spells.side = acceptance.side
            and begun_spells.fit_grade = acceptance.fit_grade
            and floor(begun_spells.score_at_entry / 50.0) = acceptance.band
    left join overall_acceptance on begun_spells.side = overall_acceptance.side;
"""

SUMMARY = """
    with sides as (
        select
            side,
            count(distinct person_id) as people,
            count(*) filter (where qualified_from > getvariable('day_before'))
                as begun
        from recent_spells
        group by side
    ),
    expectations as (
        select side, avg(accepted_share) as accepted_share from expected group by side
    ),
    figures as (
        select
            sides.side,
            sides.people,
            sides.begun,
            sides.begun * 7.0 / getvariable('days') as per_week,
            expectations.accepted_share
        from sides
        left join expectations on sides.side = expectations.side
    ),
    lines as (
        select 1 as line, 'people qualified' as label, side, people::varchar as figure from figures
        union all
        select 2, 'qualifications begun (MQLs)', side, begun::varchar from figures
        union all
        select 3, 'hand-off load per week', side, printf('%.1f', per_week) from figures
        union all
        select 4, 'expected acceptance', side, printf('%.1f %%', accepted_share * 100) from figures
    )
    select
        label,
        max(figure) filter (where side = 'before') as before,
        max(figure) filter (where side = 'after') as after
    from lines
    group by line, label
    order by line
"""

PEOPLE = """
    select
        person_id,
        min(qualified_from) as qualified_from,
        -- exclusive in the mart, null while it runs; min_by would pass over a null
        first(qualified_to - 1 order by qualified_from) as last_day,
        arg_min(trigger, qualified_from) as trigger,
        arg_min(score_at_entry, qualified_from) as score_at_entry,
        arg_min(fit_grade, qualified_from) as fit_grade
    from recent_spells
    where
        side = '{side}'
        and person_id not in (select person_id from recent_spells where side = '{other}')
    group by person_id
    order by qualified_from, person_id
"""

NEWLY_QUALIFIED = PEOPLE.format(side="after", other="before")
NO_LONGER_QUALIFIED = PEOPLE.format(side="before", other="after")
