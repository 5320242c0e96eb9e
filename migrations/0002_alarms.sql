-- What each alarm says now, whatever road its news came by, and what was made of it.
create table alarm (
  arn text not null,
  -- Empty for the alarm as a whole, else the id of one of the series that it watches.
  contributor text not null,
  contributor_words text not null,
  name text not null,
  state text not null,
  -- When the state changed, by CloudWatch's clock. With the alarm it names the episode.
  since timestamptz not null,
  because text not null,
  description text not null,
  tags jsonb not null,
  first_breach_at timestamptz,
  muted_until timestamptz,
  ignored_until timestamptz,
  ignored_by jsonb,
  -- The last episode that was dealt with, and the incident that it was brought to, if any.
  settled_since timestamptz,
  incident bigint references incident (id),
  primary key (arn, contributor),
  constraint alarm_state check (state in ('ALARM', 'OK', 'INSUFFICIENT_DATA')),
  constraint alarm_ignored check ((ignored_until is null) = (ignored_by is null))
);
create index alarm_unsettled on alarm (since) where settled_since is distinct from since;
create index alarm_red on alarm (since) where state = 'ALARM';
create index alarm_incident on alarm (incident);

-- Every change of state that was heard of, once; also those that came late.
create table alarm_news (
  arn text not null,
  contributor text not null,
  at timestamptz not null,
  state text not null,
  -- How it was first heard of: a road, or CloudWatch's own history.
  road text not null,
  because text not null,
  first_breach_at timestamptz,
  received_at timestamptz not null default muster_now(),
  primary key (arn, contributor, at, state),
  constraint alarm_news_state check (state in ('ALARM', 'OK', 'INSUFFICIENT_DATA')),
  constraint alarm_news_road check (road in ('queue', 'topic', 'poll', 'history'))
);
