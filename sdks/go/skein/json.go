package skein

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"strings"

	"google.golang.org/protobuf/types/known/structpb"
)

// Beyond it a double, which is what travels, does not hold every integer.
const maxExact = 1 << 53

// plainJSON is what a handler's value is in JSON: what encoding/json makes of it, as maps, slices, strings, numbers, booleans and
// nil.
func plainJSON(value any) (any, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	var plain any
	if err := decoder.Decode(&plain); err != nil {
		return nil, err
	}
	return withDoubles(plain)
}

func withDoubles(value any) (any, error) {
	switch it := value.(type) {
	case json.Number:
		double, err := it.Float64()
		if err != nil {
			return nil, err
		}
		if !strings.ContainsAny(it.String(), ".eE") && math.Abs(double) > maxExact {
			return nil, fmt.Errorf("%s is beyond 2^53: integers of that size travel as strings", it)
		}
		return double, nil
	case []any:
		for at, item := range it {
			plain, err := withDoubles(item)
			if err != nil {
				return nil, err
			}
			it[at] = plain
		}
	case map[string]any:
		for name, member := range it {
			plain, err := withDoubles(member)
			if err != nil {
				return nil, err
			}
			it[name] = plain
		}
	}
	return value, nil
}

// toValue is a handler's value as the contract carries it.
func toValue(value any) (*structpb.Value, error) {
	plain, err := plainJSON(value)
	if err != nil {
		return nil, err
	}
	return structpb.NewValue(plain)
}

// toStruct is an object as the contract carries it. Nil: none.
func toStruct(members map[string]any) (*structpb.Struct, error) {
	if members == nil {
		return nil, nil
	}
	value, err := toValue(members)
	return value.GetStructValue(), err
}

// decodeInto puts a plain JSON value into a variable, as encoding/json does.
func decodeInto(plain any, target any) error {
	text, err := json.Marshal(plain)
	if err != nil {
		return err
	}
	return json.Unmarshal(text, target)
}

// fromValue is a plain JSON value. Absent: nil.
func fromValue(value *structpb.Value) any {
	return value.AsInterface()
}

// wellFormed is the text as UTF-8 has it, and at most so many characters of it.
func wellFormed(text string, characters int) string {
	whole := strings.ToValidUTF8(text, "\uFFFD")
	if len(whole) <= characters {
		return whole
	}
	runes := []rune(whole)
	return string(runes[:min(len(runes), characters)])
}
