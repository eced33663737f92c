// SPDX-License-Identifier: Apache-2.0
/** Redis and Valkey servers: as options name them, and ones that live as long as a benchmark. */
package io.pagestrata.daemon.redis;
