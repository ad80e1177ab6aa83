/** Edge: releases in, plans out. */
package io.lockkeeper.planner.kafka;
