/** From a release and a catalog to one plan, or to every reason why there is none. */
package io.lockkeeper.planner.plan;
