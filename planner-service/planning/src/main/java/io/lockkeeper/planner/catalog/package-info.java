/**
 * The target's catalog as an immutable value. A release is planned by folding its statements into it one after the other,
 * so that each is planned against what the ones before it leave behind.
 */
package io.lockkeeper.planner.catalog;
