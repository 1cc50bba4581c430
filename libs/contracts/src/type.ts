// Generated types of `skein.type.v1`.
export * from './gen/skein/type/v1/error_pb.ts';
export * from './gen/skein/type/v1/payload_pb.ts';
export * from './gen/skein/type/v1/search_attribute_pb.ts';
