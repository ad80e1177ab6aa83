/** Edge: reads targets. */
package io.lockkeeper.planner.postgres;
