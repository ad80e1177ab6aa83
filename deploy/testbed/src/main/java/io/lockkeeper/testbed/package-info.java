/**
 * Servers for tests. {@link io.lockkeeper.testbed.TestPostgres} and {@link io.lockkeeper.testbed.TestKafka} are real
 * ones, in containers where a Docker engine answers and embedded elsewhere; tests do not see which.
 */
package io.lockkeeper.testbed;
