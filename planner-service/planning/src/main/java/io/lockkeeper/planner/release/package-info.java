/** Whether a release's set of files is sound, before anybody looks at their SQL. */
package io.lockkeeper.planner.release;
