-- The one clock of a cluster. Every process reads time here, so replicas never disagree about it, and a sandbox can move it.
create function muster_now() returns timestamptz
  language sql volatile parallel safe
  as $$ select clock_timestamp() $$;

create sequence incident_number as bigint;

-- The projection of an incident's events. The columns beside `state` are read out of it, so they can't disagree with it.
create table incident (
  id bigint primary key,
  state jsonb not null,
  status text not null generated always as (state ->> 'status') stored,
  room_channel text generated always as (state #>> '{room,channel}') stored
);
create index incident_status on incident (status);
create unique index incident_room on incident (room_channel);

-- What happened. Rows are never changed: the triggers below refuse it whoever asks.
create table timeline (
  id bigint generated always as identity primary key,
  incident bigint not null references incident (id),
  occurred_at timestamptz not null,
  recorded_at timestamptz not null default muster_now(),
  actor jsonb not null,
  kind text not null,
  event jsonb not null,
  -- `<what brought it>#<n>`: the same thing never stands twice.
  source text not null,
  link text,
  constraint timeline_source_once unique (incident, source)
);
create index timeline_by_source on timeline (source);

-- The words of a row stand beside it, so that they (alone) can be blanked, with a trace.
create table timeline_text (
  row_id bigint primary key references timeline (id),
  text text not null,
  blanked_at timestamptz,
  blanked_by jsonb,
  constraint timeline_text_blanked check ((blanked_at is null) = (blanked_by is null))
);

create function refuse_change() returns trigger
  language plpgsql
  as $$
begin
  raise exception 'the timeline is append-only: % on % is refused', tg_op, tg_table_name
    using errcode = 'restrict_violation';
end
$$;

create function refuse_all_but_blanking() returns trigger
  language plpgsql
  as $$
begin
  if new.row_id = old.row_id and new.text = '' and old.blanked_at is null and new.blanked_at is not null then
    return new;
  end if;
  raise exception 'the timeline is append-only: its words can only be blanked, once'
    using errcode = 'restrict_violation';
end
$$;

create trigger timeline_is_append_only before update or delete on timeline
  for each row execute function refuse_change();
create trigger timeline_is_never_emptied before truncate on timeline
  for each statement execute function refuse_change();
create trigger timeline_text_is_only_blanked before update on timeline_text
  for each row execute function refuse_all_but_blanking();
create trigger timeline_text_is_kept before delete on timeline_text
  for each row execute function refuse_change();
create trigger timeline_text_is_never_emptied before truncate on timeline_text
  for each statement execute function refuse_change();

-- Also where a restore or a replication switches ordinary triggers off.
alter table timeline enable always trigger timeline_is_append_only;
alter table timeline enable always trigger timeline_is_never_emptied;
alter table timeline_text enable always trigger timeline_text_is_only_blanked;
alter table timeline_text enable always trigger timeline_text_is_kept;
alter table timeline_text enable always trigger timeline_text_is_never_emptied;

-- What arrived from Slack, saved before it is acknowledged.
create table inbox (
  id text primary key,
  body jsonb not null,
  received_at timestamptz not null default muster_now(),
  handled_at timestamptz
);

-- What was attempted outside: marked before the call, the result saved at once after it.
create table outside_write (
  key text primary key,
  incident bigint references incident (id),
  method text not null,
  -- When this was first wanted, and when the attempt whose outcome is not known was made.
  wanted_at timestamptz not null default muster_now(),
  attempted_at timestamptz,
  -- Since when the other side has put it off or not answered, and until when it is waited for.
  put_off_since timestamptz,
  put_off_until timestamptz,
  finished_at timestamptz,
  result jsonb,
  failed text
);
create index outside_write_incident on outside_write (incident);

-- When a call may be made next: replicas share the limits of the other side. Real time, whatever the clock says; not worth
-- a flush to disk, and forgotten after a crash of the database.
create unlogged table pace (
  key text primary key,
  free_at timestamptz not null
);

-- What machines said.
create table signal (
  id bigint generated always as identity primary key,
  source text not null unique,
  service text,
  kind text not null,
  text text not null,
  link text,
  sender text not null,
  occurred_at timestamptz not null,
  received_at timestamptz not null default muster_now()
);
create index signal_service on signal (service, occurred_at);

-- What Slack says of people, so that names can be told from words.
create table person (
  id text primary key,
  names text[] not null,
  fetched_at timestamptz not null default muster_now()
);
