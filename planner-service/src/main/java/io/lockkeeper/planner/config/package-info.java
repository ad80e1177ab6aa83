/** Edge: wiring. */
package io.lockkeeper.planner.config;
