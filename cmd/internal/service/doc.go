// Package service is what both servers, giftboard and tidings, share as
// programs: when they stop, and how they are seen from outside.
package service
