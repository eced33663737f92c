// SPDX-License-Identifier: Apache-2.0
/** The tier that keeps zpages in a Redis or Valkey server or cluster; all that uses Lettuce. */
package io.pagestrata.tiers.remote;
