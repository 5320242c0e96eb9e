-- A time in which alarms of a group were red and opened nothing: one message in the triage channel.
create table triage_spell (
  id bigint generated always as identity primary key,
  -- A service, or `unmapped`.
  group_name text not null,
  started_at timestamptz not null,
  -- Since when nothing of it waits for anybody; null: something does.
  over_at timestamptz,
  -- When the service was last paged because no more rooms may open by themselves.
  paged_at timestamptz
);
create index triage_spell_group on triage_spell (group_name, started_at);
create index triage_spell_going_on on triage_spell (id) where over_at is null;

-- An alarm, with all that it watches, in such a message.
create table triage_line (
  id bigint generated always as identity primary key,
  spell bigint not null references triage_spell (id),
  arn text not null,
  first_red_at timestamptz not null,
  constraint triage_line_once unique (spell, arn)
);
create index triage_line_arn on triage_line (arn);
