package skein

import "sync"

// messageQueue has messages for a stream, as the stream takes them.
//
// M1. Messages come out in the order they went in. M2. After end it gives what went in before, and then no more.
type messageQueue[T any] struct {
	mu    sync.Mutex
	items []T
	ended bool
	news  chan struct{}
}

func newMessageQueue[T any]() *messageQueue[T] {
	return &messageQueue[T]{news: make(chan struct{}, 1)}
}

func (q *messageQueue[T]) push(item T) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if !q.ended {
		q.items = append(q.items, item)
		q.wake()
	}
}

func (q *messageQueue[T]) end() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.ended = true
	q.wake()
}

func (q *messageQueue[T]) wake() {
	select {
	case q.news <- struct{}{}:
	default: // It is awake already.
	}
}

// take is everything that is there; it waits for some. False: the queue has ended, or done is.
func (q *messageQueue[T]) take(done <-chan struct{}) ([]T, bool) {
	for {
		q.mu.Lock()
		items, ended := q.items, q.ended
		q.items = nil
		q.mu.Unlock()
		if len(items) > 0 {
			return items, true
		}
		if ended {
			return nil, false
		}
		select {
		case <-q.news:
		case <-done:
			return nil, false
		}
	}
}
