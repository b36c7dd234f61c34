package demo

import "strings"

// picture is a drawing on a coloured ground as an address that needs no host: the
// sample family works without any network.
func picture(ground, drawing string) string {
	svg := `<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 48 48'><path fill='` + ground + `' d='M0 0h48v48H0z'/>` + drawing + `</svg>`
	return "data:image/svg+xml," + unreserved.Replace(svg)
}

// unreserved escapes what an address may not contain as it is.
var unreserved = strings.NewReplacer("%", "%25", "#", "%23", "<", "%3C", ">", "%3E", " ", "%20")

// The pictures of the gifts on the Christmas board.
var (
	telescope = picture("#27345c",
		`<g fill='#fff'><circle cx='9' cy='10' r='1'/><circle cx='38' cy='8' r='1.4'/><circle cx='42' cy='22' r='1'/><circle cx='17' cy='6' r='.8'/></g>`+
			`<path d='M24 27l-8 15M24 27l8 15M24 27v15' stroke='#b98a52' stroke-width='2.4' stroke-linecap='round'/>`+
			`<g transform='rotate(-28 24 25)'><rect x='8' y='21' width='22' height='9' rx='2' fill='#e6eaf5'/><rect x='29' y='19' width='10' height='13' rx='2' fill='#f0b429'/></g>`)
	train = picture("#dcecd6",
		`<path d='M4 39h40' stroke='#8a6a45' stroke-width='2.4'/><path d='M8 33V19h13v14z' fill='#c8433f'/><path d='M21 25h17v8H21z' fill='#3c72a8'/>`+
			`<path d='M31 25v-7h4v7zM6 16h17v4H6z' fill='#2d3542'/><path d='M11 23h7v5h-7z' fill='#fff4d1'/>`+
			`<g fill='#e9b949' stroke='#2d3542' stroke-width='2'><circle cx='13' cy='35' r='4'/><circle cx='24' cy='35' r='4'/><circle cx='35' cy='35' r='4'/></g>`)
	feeder = picture("#d7e8f3",
		`<path d='M23 30h2.6v15H23z' fill='#8a6a45'/><path d='M8 20L24 8l16 12z' fill='#a4482f'/><path d='M13 20h22v10H13z' fill='#d9b382'/><circle cx='24' cy='24' r='3.6' fill='#5b4330'/>`+
			`<path d='M33 29c0-4 3-6 6-5l4 1-3 2c0 3-2 5-5 5z' fill='#3c72a8'/><path d='M10 30h28v2.4H10z' fill='#8a6a45'/>`)
	boardGame = picture("#f3e3c8",
		`<rect x='8' y='14' width='32' height='26' rx='2' fill='#3f7d5a'/><path d='M13 19h22v16H13z' fill='none' stroke='#f7f1de' stroke-width='2' stroke-dasharray='4 2'/>`+
			`<path d='M18 33l3-9 3 9z' fill='#c8433f'/><circle cx='21' cy='22' r='2.4' fill='#c8433f'/><rect x='26' y='24' width='8' height='8' rx='1.6' fill='#fff'/>`+
			`<g fill='#2d3542'><circle cx='28.3' cy='26.3' r='.9'/><circle cx='31.7' cy='29.7' r='.9'/></g>`)
	chocolate = picture("#f6ddd5",
		`<path d='M19 9c3 3-3 4 0 8M27 9c3 3-3 4 0 8' stroke='#c79f92' stroke-width='2' fill='none' stroke-linecap='round'/>`+
			`<path d='M11 20h23v14a7 7 0 0 1-7 7h-9a7 7 0 0 1-7-7z' fill='#fff'/><path d='M34 24h3a4 4 0 0 1 0 9h-3' fill='none' stroke='#fff' stroke-width='3'/>`+
			`<ellipse cx='22.5' cy='21' rx='11.5' ry='3' fill='#6b3f2a'/><circle cx='22.5' cy='31' r='4' fill='#c8433f'/>`)
	tickets = picture("#e4dcf2",
		`<g transform='rotate(-12 24 24)'><path d='M7 15h34v6a3.5 3.5 0 0 0 0 7v6H7v-6a3.5 3.5 0 0 0 0-7z' fill='#7a4fa3'/><path d='M31 16v17' stroke='#e4dcf2' stroke-width='1.6' stroke-dasharray='2.5 2'/>`+
			`<path d='M18 29V20l8-2v9' fill='none' stroke='#fff' stroke-width='1.8'/><circle cx='16' cy='29' r='2.4' fill='#fff'/><circle cx='24' cy='27' r='2.4' fill='#fff'/></g>`)
	digger = picture("#f7ecc6",
		`<path d='M12 22h13v11H12z' fill='#e9a41f'/><path d='M15 14h9v8h-9z' fill='#8fc1d6' stroke='#e9a41f' stroke-width='2'/>`+
			`<path d='M25 27l9-14 7 9-2 6' fill='none' stroke='#c97f10' stroke-width='3' stroke-linejoin='round'/><path d='M34 28h9l-2 7h-6z' fill='#5b6472'/>`+
			`<rect x='8' y='33' width='22' height='8' rx='4' fill='#2d3542'/><g fill='#aab2bf'><circle cx='13' cy='37' r='2'/><circle cx='19' cy='37' r='2'/><circle cx='25' cy='37' r='2'/></g>`)
	easel = picture("#dfeaf5",
		`<path d='M24 6v6M13 43l8-32M35 43l-8-32M24 34v9' stroke='#a9743f' stroke-width='2.6' stroke-linecap='round'/><rect x='9' y='12' width='30' height='21' rx='1.5' fill='#fff'/>`+
			`<path d='M12 30l8-10 6 7 4-4 6 7z' fill='#58a06a'/><circle cx='31' cy='18' r='3' fill='#f0b429'/><path d='M8 33h32v3H8z' fill='#c08a50'/>`)
	planter = picture("#e3efd3",
		`<path d='M8 28h32v12H8z' fill='#b07a45'/><path d='M8 32h32M8 36h32' stroke='#94622f' stroke-width='1.2'/><path d='M9 40v4M39 40v4' stroke='#7d5228' stroke-width='3'/>`+
			`<g fill='#4f9a4a'><path d='M15 28c-6-3-6-9-3-12 4 3 5 8 3 12zM24 28c-4-6-3-13 0-17 3 4 4 11 0 17zM33 28c-2-4-1-9 3-12 3 3 3 9-3 12z'/></g><g fill='#d94f43'><circle cx='18' cy='24' r='2.4'/><circle cx='30' cy='25' r='2.4'/></g>`)
	secateurs = picture("#e9e6df",
		`<path d='M30 8c4 6 1 12-5 17l-3-3z' fill='#8d97a5'/><path d='M18 8c-4 5-2 11 4 17l3-3z' fill='#aab2bf'/>`+
			`<path d='M22 24c-6 4-9 9-9 17M26 24c6 4 9 9 9 17' fill='none' stroke='#c8433f' stroke-width='4.6' stroke-linecap='round'/><circle cx='24' cy='24' r='2.6' fill='#2d3542'/>`)
	marbleRun = picture("#f2dfe6",
		`<path d='M11 8v34M37 8v34' stroke='#b98a52' stroke-width='3'/><path d='M11 14l26 6M37 24l-26 6M11 35l26 5' stroke='#3c72a8' stroke-width='3.4' stroke-linecap='round'/>`+
			`<circle cx='18' cy='11.5' r='3' fill='#c8433f'/><circle cx='30' cy='21.8' r='3' fill='#e9a41f'/><circle cx='19' cy='32.8' r='3' fill='#3f7d5a'/>`)
	storybooks = picture("#dce3f4",
		`<path d='M10 12h7v28h-7z' fill='#c8433f'/><path d='M18 9h8v31h-8z' fill='#3f7d5a'/><path d='M28 13l7-2 6 27-7 2z' fill='#e9a41f'/>`+
			`<path d='M10 17h7M10 34h7M18 15h8M18 33h8' stroke='#fff' stroke-width='1.6'/><path d='M22 21l1.2 2.5 2.6.3-2 1.8.6 2.6-2.4-1.3-2.4 1.3.6-2.6-2-1.8 2.6-.3z' fill='#f7e7a9'/><path d='M6 40h37v2.6H6z' fill='#8a6a45'/>`)
	blanket = picture("#efe4d6",
		`<path d='M9 14c10-4 20 4 30 0v22c-10 4-20-4-30 0z' fill='#b4436c'/><path d='M9 20c10-4 20 4 30 0M9 30c10-4 20 4 30 0M17 13v23M31 15v23' fill='none' stroke='#f3c9d6' stroke-width='2'/>`+
			`<path d='M11 37v4M15 36v4M20 36v4M25 37v4M30 39v4M35 38v4' stroke='#b4436c' stroke-width='1.6'/>`)
	boots = picture("#d5e6e4",
		`<path d='M11 10h9v19l8 4c2 1 3 3 3 6H11z' fill='#e9b11f'/><path d='M22 8h9v19l8 4c2 1 3 3 3 6H31c0-4-4-7-9-9z' fill='#f3c64a'/><path d='M11 39h20v3H11zM31 37h11v3H31z' fill='#2d3542'/><path d='M11 14h9M22 12h9' stroke='#fff' stroke-width='2'/>`)
	puzzle = picture("#e7e0f0",
		`<path d='M9 9h13v4a3.5 3.5 0 1 0 0 7v4H9z' fill='#3c72a8'/><path d='M26 9h13v15h-4a3.5 3.5 0 1 1-7 0h-2z' fill='#e9a41f'/>`+
			`<path d='M9 27h4a3.5 3.5 0 1 0 7 0h4v12H9z' fill='#3f7d5a'/><path d='M27 28h12v11H27v-3a3.5 3.5 0 1 1 0-5z' fill='#c8433f'/>`)
)
