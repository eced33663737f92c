// SPDX-License-Identifier: Apache-2.0
/** Redis and Valkey servers of this machine that live as long as a benchmark or a test. */
package io.pagestrata.daemon.redis;
