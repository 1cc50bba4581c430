package main

import (
	"context"
	"os"
	"strings"

	"skein.dev/go/skein"
)

func shout(_ context.Context, call *skein.Call, text string) (map[string]string, error) {
	call.Delta(strings.ToUpper(text))
	return map[string]string{"shouted": strings.ToUpper(text)}, nil
}

func main() {
	shouter := skein.NewAgent(skein.Info{ID: "shouter", Version: "1.0.0"}, shout)
	skein.Main(skein.NewServer(shouter, skein.ServerOptions{Address: "127.0.0.1:" + os.Getenv("PORT")}))
}
