"""The ticket classifier as an agent: the generated service of skein/agent/v1, in Python."""

import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from skein.agent.v1 import agent_pb2, agent_service_pb2, agent_service_pb2_grpc

from classify import FIELDS, Model

AGENT_ID = "classifier-agent"
SKILL_ID = "classify"


class ClassifierAgent(agent_service_pb2_grpc.AgentServiceServicer):
    """Cancel stays UNIMPLEMENTED, as the contract allows: a classification is over before it could be cancelled."""

    def __init__(self, model: Model) -> None:
        self.model = model

    def GetCard(self, request, context):
        card = agent_pb2.AgentCard(
            agent_id=AGENT_ID,
            name="Ticket classifier",
            description="Tells billing, technical and other tickets apart, and says why.",
            version=self.model.file["version"],
            skills=[agent_pb2.Skill(skill_id=SKILL_ID, description="Finds the category of a support ticket.")],
        )
        return agent_service_pb2.GetCardResponse(card=card)

    def Invoke(self, request, context):
        if request.skill_id not in ("", SKILL_ID):
            yield failure("UNKNOWN_SKILL", f"there is no skill {request.skill_id}; the one skill is {SKILL_ID}")
            return
        ticket = read_ticket(request.input)
        if ticket is None:
            yield failure("INVALID_INPUT", "the input must be a text, or an object with the texts subject and text")
            return
        fields = {name: ticket.fields[name].string_value if name in ticket.fields else "" for name in FIELDS}
        characters = sum(len(field) for field in fields.values())
        state = agent_pb2.StateChange(state="classifying", detail=f"reading {characters} characters")
        yield agent_service_pb2.InvokeResponse(state=state)

        result = agent_pb2.Result()
        result.output.struct_value.update(self.model.classify(fields))
        result.output.struct_value.fields["ticket"].struct_value.CopyFrom(ticket)
        result.metadata.update({"model": self.model.file["name"], "model_version": self.model.file["version"]})
        yield agent_service_pb2.InvokeResponse(result=result)


def read_ticket(value):
    """The input as an object with text in `subject` or `text`; None for everything else."""
    kind = value.WhichOneof("kind")
    ticket = agent_pb2.Result().metadata  # an empty Struct
    if kind == "string_value":
        ticket.update({"text": value.string_value})
    elif kind == "struct_value":
        ticket.CopyFrom(value.struct_value)
    texts = [ticket.fields[name] for name in FIELDS if name in ticket.fields]
    if any(text.WhichOneof("kind") != "string_value" for text in texts):
        return None
    return ticket if any(text.string_value.strip(" \t\r\n") for text in texts) else None


def failure(code, message):
    error = agent_pb2.InvokeError(code=code, message=message, retryable=False)
    return agent_service_pb2.InvokeResponse(error=error)


def main():
    model = Model(os.environ["CLASSIFIER_MODEL"])
    # Without this option two servers may share a port, each getting half of the calls.
    server = grpc.server(ThreadPoolExecutor(max_workers=8), options=[("grpc.so_reuseport", 0)])
    agent_service_pb2_grpc.add_AgentServiceServicer_to_server(ClassifierAgent(model), server)
    servicer = health.HealthServicer()
    servicer.set("skein.agent.v1.AgentService", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
    host = os.environ.get("HOST") or "127.0.0.1"
    port = server.add_insecure_port(f"{host}:{os.environ.get('PORT') or 0}")
    server.start()

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    print(f"READY {host}:{port}", flush=True)
    stop.wait()
    server.stop(grace=1).wait()


if __name__ == "__main__":
    main()
