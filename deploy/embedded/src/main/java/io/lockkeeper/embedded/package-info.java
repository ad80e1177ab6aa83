/**
 * A real PostgreSQL ({@link io.lockkeeper.embedded.EmbeddedPostgres}) and a real Kafka broker in KRaft mode
 * ({@link io.lockkeeper.embedded.EmbeddedKafka}) as child processes of this JVM, without Docker.
 */
package io.lockkeeper.embedded;
