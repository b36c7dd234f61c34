// Package kills kills the programs and looks at what their clients got. It runs
// the real giftboard and the real tidings, has their clients read and write over
// real sockets, takes access away and gives it back, kills the program at a moment
// that a seed decides, starts it again, and has each client go on from where it is.
// At the end it holds what each client got against what was committed.
package kills
