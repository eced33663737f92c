// SPDX-License-Identifier: Apache-2.0
/** The demo: real bytes through all tiers and back, with proof that every one is right. */
package io.pagestrata.daemon.demo;
