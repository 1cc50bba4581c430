package skein

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"time"

	eventlogv1 "skein.dev/go/gen/skein/eventlog/v1"

	"google.golang.org/protobuf/types/known/durationpb"
)

// Messages are those of one namespace, between agents, people and programs. Everything fails with an Error.
type Messages struct {
	namespace string
	messages  eventlogv1.MessageServiceClient
}

// Message is one that is stored.
type Message struct {
	// ID is a UUID.
	ID string
	// FromAgent is who sent it. Empty: nobody in particular.
	FromAgent string
	// Payload is what it says, a JSON value.
	Payload any
	// Metadata are texts beside it.
	Metadata map[string]string
	// CorrelationID ties messages of one exchange together, ReplyTo is the ID of the one that it answers, RunID and SessionID are what it
	// belongs to. Empty: none.
	CorrelationID, ReplyTo, RunID, SessionID string
	// SentAt is when it was stored.
	SentAt time.Time
	// DeliveryCount says how often it was handed to a receiver.
	DeliveryCount int
	// Message is all that the contract says.
	Message *eventlogv1.AgentMessage
}

// SendOptions say whom a message goes to: an agent or a session, or neither where it answers another one.
type SendOptions struct {
	// ToAgent and ToSession are the mailbox.
	ToAgent, ToSession string
	// FromAgent is who sends it.
	FromAgent string
	// ReplyTo is the ID of the message that this one answers.
	ReplyTo string
	// ID is a UUID, under which it is sent once. Default: a random one, so that a lost answer sends nothing twice.
	ID string
	// RunID, SessionID and CorrelationID are what it belongs to.
	RunID, SessionID, CorrelationID string
	// Metadata are texts beside it, at most 64.
	Metadata map[string]string
	// TimeToLive is how long it may be received, up to 30 days. Default: as long as it is kept.
	TimeToLive time.Duration
	// ReplyTimeout is how long to wait for an answer, at most 60 s. Default: not at all.
	ReplyTimeout time.Duration
}

// Sent is a message that was sent.
type Sent struct {
	// Message is how it is stored.
	Message *Message
	// Created says that it was new under its ID.
	Created bool
	// Reply is the first answer. Nil: none was waited for, or none came in time.
	Reply *Message
}

// Send stores a message; any JSON value is a payload.
func (m *Messages) Send(ctx context.Context, payload any, options SendOptions) (*Sent, error) {
	value, err := toValue(payload)
	if err != nil {
		return nil, err
	}
	request := &eventlogv1.SendMessageRequest{
		Namespace: m.namespace,
		Message: &eventlogv1.OutgoingMessage{
			MessageId:     cmp.Or(options.ID, newUUID()),
			RunId:         options.RunID,
			SessionId:     options.SessionID,
			FromAgent:     options.FromAgent,
			Payload:       value,
			Metadata:      options.Metadata,
			CorrelationId: options.CorrelationID,
			ReplyTo:       options.ReplyTo,
			TimeToLive:    durationOf(options.TimeToLive),
		},
		ToAgent:      options.ToAgent,
		ToSession:    options.ToSession,
		ReplyTimeout: durationOf(options.ReplyTimeout),
	}
	answer, err := repeatable(ctx, func() (*eventlogv1.SendMessageResponse, error) {
		return m.messages.SendMessage(ctx, request)
	})
	if err != nil {
		return nil, err
	}
	sent := &Sent{Message: messageOf(answer.GetMessage()), Created: answer.GetCreated()}
	if answer.GetReply() != nil {
		sent.Reply = messageOf(answer.GetReply())
	}
	return sent, nil
}

// ReceiveOptions say which mailbox is emptied, and how.
type ReceiveOptions struct {
	// AgentID or SessionID is whose mailbox it is.
	AgentID, SessionID string
	// Timeout is how long to wait for a first message, at most 60 s. Default: 5 s.
	Timeout time.Duration
	// MaxMessages is 1 to 100. Default: 1.
	MaxMessages int
	// VisibilityTimeout is how long they are nobody else's, unless acknowledged. Default: 30 s.
	VisibilityTimeout time.Duration
	// Cursor of what was received before acknowledges all of it.
	Cursor string
}

// Received is what was in a mailbox.
type Received struct {
	// Messages are in the order in which each sender sent them. None: none came in time.
	Messages []*Message
	// Cursor acknowledges all of them in the next Receive.
	Cursor string
}

// Receive takes the oldest messages out of a mailbox. They come again unless they are acknowledged.
func (m *Messages) Receive(ctx context.Context, options ReceiveOptions) (*Received, error) {
	request := &eventlogv1.ReceiveMessagesRequest{
		Namespace:         m.namespace,
		AgentId:           options.AgentID,
		SessionId:         options.SessionID,
		Timeout:           durationOf(options.Timeout),
		MaxMessages:       int32(options.MaxMessages),
		VisibilityTimeout: durationOf(options.VisibilityTimeout),
		Cursor:            options.Cursor,
	}
	// Made once: what a lost answer held comes again by itself when its visibility timeout has passed.
	answer, err := once(func() (*eventlogv1.ReceiveMessagesResponse, error) {
		return m.messages.ReceiveMessages(ctx, request)
	})
	if err != nil {
		return nil, err
	}
	received := &Received{Cursor: answer.GetCursor()}
	for _, each := range answer.GetMessages() {
		received.Messages = append(received.Messages, messageOf(each))
	}
	return received, nil
}

// Acknowledge says that messages need not come again; 1 to 1,000. It answers how many of them waited for that.
func (m *Messages) Acknowledge(ctx context.Context, ids ...string) (int, error) {
	request := &eventlogv1.AcknowledgeMessagesRequest{Namespace: m.namespace, MessageIds: ids}
	answer, err := repeatable(ctx, func() (*eventlogv1.AcknowledgeMessagesResponse, error) {
		return m.messages.AcknowledgeMessages(ctx, request)
	})
	return int(answer.GetAcknowledgedCount()), err
}

func messageOf(message *eventlogv1.AgentMessage) *Message {
	return &Message{
		ID:            message.GetMessageId(),
		FromAgent:     message.GetFromAgent(),
		Payload:       fromValue(message.GetPayload()),
		Metadata:      message.GetMetadata(),
		CorrelationID: message.GetCorrelationId(),
		ReplyTo:       message.GetReplyTo(),
		RunID:         message.GetRunId(),
		SessionID:     message.GetSessionId(),
		SentAt:        message.GetSentAt().AsTime(),
		DeliveryCount: int(message.GetDeliveryCount()),
		Message:       message,
	}
}

func durationOf(duration time.Duration) *durationpb.Duration {
	if duration == 0 {
		return nil
	}
	return durationpb.New(duration)
}

// newUUID is one of version 4.
func newUUID() string {
	var bytes [16]byte
	_, _ = rand.Read(bytes[:]) // It never fails.
	bytes[6] = bytes[6]&0x0f | 0x40
	bytes[8] = bytes[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", bytes[:4], bytes[4:6], bytes[6:8], bytes[8:10], bytes[10:])
}
