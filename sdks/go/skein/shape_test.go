package skein

import (
	"encoding/json"
	"reflect"
	"slices"
	"testing"
	"time"
)

type line struct {
	Text   string  `json:"text"`
	Weight float64 `json:"weight,omitempty"`
}

type origin struct {
	Channel string `json:"channel"`
}

type ticket struct {
	origin
	Subject string            `json:"subject"`
	Lines   []line            `json:"lines,omitempty"`
	Due     *int8             `json:"due"`
	Tags    map[string]string `json:"tags,omitempty"`
	At      time.Time         `json:"at,omitzero"`
	Count   int               `json:"count,string,omitempty"`
	secret  string
	Skipped chan int `json:"-"`
}

type tree struct {
	Below []tree
}

func problemsOf[T any](t *testing.T, text string) []string {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatal(err)
	}
	var problems []string
	shapeOf(reflect.TypeFor[T]()).check(value, "", &problems)
	return problems
}

func TestAStructIsAnObjectAsEncodingJSONSeesIt(t *testing.T) {
	schema := shapeOf(reflect.TypeFor[ticket]()).schema
	if required := schema["required"]; !reflect.DeepEqual(required, []any{"channel", "subject"}) {
		t.Errorf("required: %v", required)
	}
	names := []string{"at", "channel", "count", "due", "lines", "subject", "tags"}
	properties := schema["properties"].(map[string]any)
	for _, name := range names {
		if _, ok := properties[name]; !ok {
			t.Errorf("no property %s", name)
		}
	}
	if len(properties) != len(names) {
		t.Errorf("properties: %v", properties)
	}
	good := `{"channel":"web","subject":"s","lines":[{"text":"a","weight":2}],"due":null,"at":"2026-01-01T00:00:00Z","more":1}`
	if problems := problemsOf[ticket](t, good); problems != nil {
		t.Errorf("problems: %v", problems)
	}
}

func TestEveryProblemIsNamedWithItsPlace(t *testing.T) {
	got := problemsOf[ticket](t, `{"channel":7,"lines":[{"text":1},2],"due":300,"tags":{"a":1}}`)
	want := []string{
		"/channel must be string",
		" must have the property subject",
		"/lines/0/text must be string",
		"/lines/1 must be object",
		"/due must be integer",
		"/tags/a must be string",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestNumbersMustFitTheirTypes(t *testing.T) {
	for _, text := range []string{"3.5", "true", `"3"`, "null", "1e300"} {
		if problems := problemsOf[int](t, text); !slices.Equal(problems, []string{" must be integer"}) {
			t.Errorf("%s: %q", text, problems)
		}
	}
	if problemsOf[uint](t, "-1") == nil || problemsOf[int8](t, "128") == nil || problemsOf[int8](t, "-128") != nil {
		t.Error("bounds")
	}
}

func TestAnyJSONValueHasNoSchema(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[any](), reflect.TypeFor[json.RawMessage](), reflect.TypeFor[*any]()} {
		if !shapeOf(of).takesAnything() {
			t.Errorf("%s has a schema", of)
		}
	}
}

func TestTypesThatJSONHasNotAreRefused(t *testing.T) {
	for _, of := range []reflect.Type{reflect.TypeFor[chan int](), reflect.TypeFor[map[int]string](), reflect.TypeFor[tree]()} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s is taken", of)
				}
			}()
			shapeOf(of)
		}()
	}
}
