/** What is known of the releases that came in. */
package io.lockkeeper.planner.intake;
