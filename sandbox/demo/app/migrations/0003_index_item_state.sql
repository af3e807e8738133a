create index items_state on items (state);
