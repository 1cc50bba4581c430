package skein

import (
	"encoding"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
)

// shape is what an input or an output must look like, from a Go type: the JSON Schema that the agent's card shows, and the check of
// a value. They agree because one table makes them. It says what encoding/json would read, and no more.
type shape struct {
	// schema is empty for any JSON value.
	schema map[string]any
	// check adds what is wrong with the value at a place to the problems.
	check func(value any, place string, problems *[]string)
}

func (s shape) takesAnything() bool {
	return len(s.schema) == 0
}

var anything = shape{map[string]any{}, func(any, string, *[]string) {}}

var (
	jsonMarshaler   = reflect.TypeFor[json.Marshaler]()
	jsonUnmarshaler = reflect.TypeFor[json.Unmarshaler]()
	textMarshaler   = reflect.TypeFor[encoding.TextMarshaler]()
	textUnmarshaler = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// shapeOf is that of a type. It panics for types that JSON has not, and for one that holds itself.
func shapeOf(of reflect.Type) shape {
	return shapeWithin(of, nil)
}

func shapeWithin(of reflect.Type, within []reflect.Type) shape {
	pointer := reflect.PointerTo(of)
	switch {
	case slices.Contains(within, of):
		panic(fmt.Sprintf("skein: %s holds itself, which an input or output cannot: take any there", of))
	case of.Implements(textMarshaler) || pointer.Implements(textUnmarshaler):
		return typed("string", func(value any) bool { _, ok := value.(string); return ok })
	case of.Implements(jsonMarshaler) || pointer.Implements(jsonUnmarshaler):
		return anything
	}
	switch of.Kind() {
	case reflect.Interface:
		return anything
	case reflect.Bool:
		return typed("boolean", func(value any) bool { _, ok := value.(bool); return ok })
	case reflect.String:
		return typed("string", func(value any) bool { _, ok := value.(string); return ok })
	case reflect.Float32, reflect.Float64:
		return typed("number", func(value any) bool { _, ok := value.(float64); return ok })
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return integer(-math.Exp2(float64(of.Bits()-1)), math.Exp2(float64(of.Bits()-1)))
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return integer(0, math.Exp2(float64(of.Bits())))
	case reflect.Pointer:
		return orNull(shapeWithin(of.Elem(), within))
	case reflect.Slice, reflect.Array:
		if of.Elem().Kind() == reflect.Uint8 {
			return orNull(typed("string", func(value any) bool { _, ok := value.(string); return ok }))
		}
		return array(shapeWithin(of.Elem(), within))
	case reflect.Map:
		if of.Key().Kind() == reflect.String {
			return dictionary(shapeWithin(of.Elem(), within))
		}
	case reflect.Struct:
		return object(of, append(slices.Clone(within), of))
	}
	panic(fmt.Sprintf("skein: %s is no type of a JSON value", of))
}

func typed(name string, fits func(any) bool) shape {
	return shape{map[string]any{"type": name}, func(value any, place string, problems *[]string) {
		if !fits(value) {
			*problems = append(*problems, place+" must be "+name)
		}
	}}
}

// integer is one of a Go type that holds from least up to, and without, end.
func integer(least, end float64) shape {
	return typed("integer", func(value any) bool {
		number, ok := value.(float64)
		return ok && number == math.Trunc(number) && number >= least && number < end
	})
}

// orNull is what a pointer, a slice or a map may be in JSON: nil is null.
func orNull(of shape) shape {
	if of.takesAnything() {
		return anything
	}
	schema := map[string]any{"anyOf": []any{of.schema, map[string]any{"type": "null"}}}
	return shape{schema, func(value any, place string, problems *[]string) {
		if value != nil {
			of.check(value, place, problems)
		}
	}}
}

func array(item shape) shape {
	schema := map[string]any{"type": "array"}
	if !item.takesAnything() {
		schema["items"] = item.schema
	}
	return orNull(shape{schema, func(value any, place string, problems *[]string) {
		items, ok := value.([]any)
		if !ok {
			*problems = append(*problems, place+" must be array")
		}
		for at, each := range items {
			item.check(each, fmt.Sprintf("%s/%d", place, at), problems)
		}
	}})
}

func dictionary(member shape) shape {
	schema := map[string]any{"type": "object"}
	if !member.takesAnything() {
		schema["additionalProperties"] = member.schema
	}
	return orNull(shape{schema, func(value any, place string, problems *[]string) {
		members, ok := value.(map[string]any)
		if !ok {
			*problems = append(*problems, place+" must be object")
		}
		for _, name := range slices.Sorted(maps.Keys(members)) {
			member.check(members[name], place+"/"+name, problems)
		}
	}})
}

type member struct {
	name     string
	required bool
	shape    shape
}

func object(of reflect.Type, within []reflect.Type) shape {
	members := membersOf(of, within)
	properties, required := map[string]any{}, []any{}
	for _, each := range members {
		properties[each.name] = each.shape.schema
		if each.required {
			required = append(required, each.name)
		}
	}
	schema := map[string]any{"type": "object", "properties": properties}
	if len(required) > 0 {
		schema["required"] = required
	}
	return shape{schema, func(value any, place string, problems *[]string) {
		given, ok := value.(map[string]any)
		if !ok {
			*problems = append(*problems, place+" must be object")
			return
		}
		for _, each := range members {
			if inner, present := given[each.name]; present {
				each.shape.check(inner, place+"/"+each.name, problems)
			} else if each.required {
				*problems = append(*problems, place+" must have the property "+each.name)
			}
		}
	}}
}

// membersOf are the fields of a struct as encoding/json sees them: one that may be left out of JSON needs not be there.
func membersOf(of reflect.Type, within []reflect.Type) []member {
	var members []member
	for index := range of.NumField() {
		field := of.Field(index)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		isEmbedded := field.Anonymous && name == "" && field.Type.Kind() == reflect.Struct
		switch {
		case name == "-" && options == "":
			continue
		case isEmbedded:
			members = append(members, membersOf(field.Type, append(slices.Clone(within), field.Type))...)
			continue
		case !field.IsExported():
			continue
		case name == "":
			name = field.Name
		}
		all := strings.Split(options, ",")
		optional := slices.Contains(all, "omitempty") || slices.Contains(all, "omitzero")
		inner := anything
		if !slices.Contains(all, "string") {
			inner = shapeWithin(field.Type, within)
		}
		required := !optional && field.Type.Kind() != reflect.Pointer
		members = append(members, member{name, required, inner})
	}
	return members
}
