/** What people ask of a plan before they sign it: estimates, rollback card, readiness, compatibility, who is affected. */
package io.lockkeeper.planner.review;
