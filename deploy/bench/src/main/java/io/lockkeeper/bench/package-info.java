/** Measures the product beside what it is compared with, on a server with fsync; not part of any test. */
package io.lockkeeper.bench;
