/** How fast data may be moved now: signals of the target with hysteresis and names. */
package io.lockkeeper.executor.throttle;
