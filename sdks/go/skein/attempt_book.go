package skein

import (
	"container/list"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	memory             = 24 * time.Hour
	maxRemembered      = 1000
	maxRememberedBytes = 64 * 1024 * 1024
)

// attemptBook has the attempts that an agent is at, and those it has answered, by their idempotency keys. It owns attempts from their
// first delivery until they are forgotten.
//
// B1. A delivery with the key of an attempt that is known is that attempt: its work is done once.
// B2. An answered attempt is remembered for the memory's length, the latest maxRemembered of them, and maxRememberedBytes in all; one
// at work is never forgotten.
// B3. An aborted one is forgotten at once: whoever asks again wants it done.
type attemptBook struct {
	maxRemembered      int
	maxRememberedBytes int
	now                func() time.Time

	mu              sync.Mutex
	working         map[any]*attempt
	remembered      map[string]*list.Element
	order           *list.List // The oldest first.
	rememberedBytes int
}

type rememberedAttempt struct {
	attempt   *attempt
	sizeBytes int
	until     time.Time
}

func newAttemptBook() *attemptBook {
	return &attemptBook{
		maxRemembered:      maxRemembered,
		maxRememberedBytes: maxRememberedBytes,
		now:                time.Now,
		working:            map[any]*attempt{},
		remembered:         map[string]*list.Element{},
		order:              list.New(),
	}
}

// atWork are the attempts that have not ended.
func (b *attemptBook) atWork() []*attempt {
	b.mu.Lock()
	defer b.mu.Unlock()
	return slices.Collect(maps.Values(b.working))
}

// take is the attempt of a key, and whether it is new: then the work is for the caller to begin. An empty key is never known.
func (b *attemptBook) take(key string) (taken *attempt, isNew bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.forgetOld()
	if key != "" {
		if known, ok := b.working[key]; ok {
			return known, false
		}
		if known, ok := b.remembered[key]; ok {
			return known.Value.(rememberedAttempt).attempt, false
		}
	}
	taken = newAttempt(key)
	var at any = key
	if key == "" {
		at = taken // Works without a key are told apart by what no key can be.
	}
	b.working[at] = taken
	taken.listen(func() { b.changed(at, taken) })
	return taken, true
}

func (b *attemptBook) changed(at any, it *attempt) {
	_, answered, aborted := it.after(0)
	if !answered && !aborted {
		return
	}
	sizeBytes := it.sizeBytes()
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.working[at] != it {
		return
	}
	delete(b.working, at)
	if answered && it.key != "" {
		b.remembered[it.key] = b.order.PushBack(rememberedAttempt{it, sizeBytes, b.now().Add(memory)})
		b.rememberedBytes += sizeBytes
		b.forgetOld()
	}
}

func (b *attemptBook) forgetOld() {
	for oldest := b.order.Front(); oldest != nil; oldest = b.order.Front() {
		it := oldest.Value.(rememberedAttempt)
		tooMuch := len(b.remembered) > b.maxRemembered || b.rememberedBytes > b.maxRememberedBytes
		if !tooMuch && b.now().Before(it.until) {
			return
		}
		b.order.Remove(oldest)
		delete(b.remembered, it.attempt.key)
		b.rememberedBytes -= it.sizeBytes
	}
}
