/** Edge: HTTP with JSON. */
package io.lockkeeper.planner.http;
