// Package skein has agents for Skein, called or dialling in, and a client of its API.
//
// An agent is made of a function with NewAgent; NewServer has it take calls, NewWorker has it dial in, and Main runs either until
// the process is told to stop. Connect gives a client. The contracts themselves are below skein.dev/go/gen.
package skein
