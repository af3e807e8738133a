module golive.local/pause

go 1.24
