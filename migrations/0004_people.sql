-- Where people are, so that nobody is woken for what can wait.
alter table person add column zone text;

-- Members of the user groups that the catalog pages, or that somebody paged by hand; on-call tools keep them in step.
create table user_group (
  id text primary key,
  handle text not null,
  name text not null,
  members text[] not null,
  fetched_at timestamptz not null default muster_now()
);

-- When each last said something in a room. Not what.
create table last_word (
  incident bigint not null references incident (id),
  person text not null,
  said_at timestamptz not null,
  primary key (incident, person)
);
