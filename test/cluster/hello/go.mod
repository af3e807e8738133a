module golive.local/hello

go 1.24
