// Generated types of `skein.doctor.v1`.
export * from './gen/skein/doctor/v1/doctor_service_pb.ts';
