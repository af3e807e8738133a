alter table items add column state text not null default 'new';
