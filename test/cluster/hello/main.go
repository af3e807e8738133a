// A web server for tests of the cluster: says its color, looks up names, and is ready a moment after its start.
// With arguments it repeats them instead.
package main

import (
	"fmt"
	"log"
	"net"
	"net/http"
	"os"
	"time"
)

func main() {
	if len(os.Args) > 1 {
		fmt.Println("told:", os.Args[1:])
		return
	}
	color := os.Getenv("COLOR")
	started := time.Now()
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, color) })
	http.HandleFunc("/ready", func(w http.ResponseWriter, _ *http.Request) {
		if time.Since(started) < 500*time.Millisecond {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	http.HandleFunc("/addresses", func(w http.ResponseWriter, r *http.Request) {
		addresses, err := net.LookupHost(r.URL.Query().Get("of"))
		fmt.Fprint(w, addresses, err)
	})
	log.Printf("%s listens", color)
	log.Fatal(http.ListenAndServe(":8080", nil))
}
