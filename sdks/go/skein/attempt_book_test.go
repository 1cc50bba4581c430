package skein

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/types/known/structpb"
)

func said(it *attempt, text string) {
	it.say(resultStep(structpb.NewStringValue(text), nil))
}

func testBook() (*attemptBook, *time.Time) {
	now := time.Now()
	book := newAttemptBook()
	book.maxRemembered, book.maxRememberedBytes = 2, 100
	book.now = func() time.Time { return now }
	return book, &now
}

func wantNew(t *testing.T, book *attemptBook, key string, want bool) *attempt {
	t.Helper()
	it, isNew := book.take(key)
	if isNew != want {
		t.Errorf("%s is new: %v", key, isNew)
	}
	return it
}

func TestB1AKeyThatIsKnownIsThatAttempt(t *testing.T) {
	book, _ := testBook()
	first := wantNew(t, book, "a", true)
	if wantNew(t, book, "a", false) != first {
		t.Error("another attempt while it works")
	}
	said(first, "done")
	if wantNew(t, book, "a", false) != first || len(book.atWork()) != 0 {
		t.Error("another attempt when it has answered")
	}
	wantNew(t, book, "", true)
	wantNew(t, book, "", true)
	if len(book.atWork()) != 2 {
		t.Error("works without a key are one")
	}
}

func TestB2TheLatestAreRememberedByNumberSizeAndAge(t *testing.T) {
	book, now := testBook()
	working := wantNew(t, book, "w", true)
	for _, key := range []string{"a", "b", "c"} {
		said(wantNew(t, book, key, true), "done")
	}
	wantNew(t, book, "c", false)
	wantNew(t, book, "b", false)
	said(wantNew(t, book, "d", true), strings.Repeat("x", 90))
	wantNew(t, book, "d", false)
	wantNew(t, book, "b", true)
	*now = now.Add(memory)
	wantNew(t, book, "d", true)
	if wantNew(t, book, "w", false) != working {
		t.Error("one at work was forgotten")
	}
}

func TestB3AnAbortedOneIsForgotten(t *testing.T) {
	book, _ := testBook()
	first := wantNew(t, book, "a", true)
	first.abort("enough")
	wantNew(t, book, "a", true)
	if first.ctx.Err() == nil {
		t.Error("its context goes on")
	}
}

func TestT2NothingIsSaidAfterTheEnd(t *testing.T) {
	it := newAttempt("a")
	said(it, "done")
	said(it, "again")
	it.abort("late")
	if steps, answered, aborted := it.after(0); len(steps) != 1 || !answered || aborted {
		t.Errorf("%d steps, answered %v, aborted %v", len(steps), answered, aborted)
	}
}

func TestT3OfHeartbeatsTheLatestKeepsItsDetails(t *testing.T) {
	it := newAttempt("a")
	it.say(heartbeatStep(structpb.NewNumberValue(1)))
	before, _, _ := it.after(0)
	it.say(heartbeatStep(structpb.NewNumberValue(2)))
	after, _, _ := it.after(0)
	details := []bool{}
	for _, each := range append(before, after...) {
		details = append(details, each.GetHeartbeat().GetResumeDetails() != nil)
	}
	if !details[0] || details[1] || !details[2] {
		t.Errorf("details: %v", details)
	}
}
