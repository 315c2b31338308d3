"""Templates of what the office says of personal data (GDPR, art. 13) and of accessibility (lag 2018:1937).

The words follow what the product does. An office must read them with whoever answers for data protection
before it opens sign-up: docs/handbok.md says so, the pages do not.
"""

from __future__ import annotations

PRIVACY = """{% extends "base" %}
{% block main %}
<article class="story">
<div class="words">
<h2>Vem som ansvarar</h2>
<p>{{ site.sender }} bestämmer varför och hur uppgifterna används och är personuppgiftsansvarig.
{{ site.postal_address }}, <a href="mailto:{{ site.mail }}">{{ site.mail }}</a>. Dit kan du skriva om allt på
den här sidan.</p>
{% if has_signup %}
<h2>När du prenumererar</h2>
<p><strong>Varför:</strong> för att skicka de brev som du har bett om, och inget annat.</p>
<p><strong>Med vilken rätt:</strong> du har samtyckt (artikel 6.1 a i dataskyddsförordningen). Du kan ta
tillbaka ditt samtycke när du vill: med länken i varje brev, på sidan
<a href="{{ link("installningar/") }}">Dina val</a> eller genom att skriva till oss. Det som redan är skickat
påverkas inte.</p>
<p><strong>Vad vi sparar:</strong></p>
<ul>
<li>din e-postadress, och det du har valt: brev, vem du läser som, kommun och insatsområden,</li>
<li>när och på vilken sida du sa ja, med vilka ord, och vad du har ändrat sedan dess, så att vi kan visa att
du har samtyckt,</li>
<li>vilket nät du kom ifrån, men inte hela din IP-adress, så att ingen kan anmäla andras adresser i
mängder,</li>
<li>vilka brev som har skickats till dig, och om de har kommit fram.</li>
</ul>
<p>Du väljer själv om du vill lämna uppgifterna. Utan adress kan vi inte skicka några brev.</p>
{% endif %}
<h2>När breven går till ett kontor</h2>
<p>Vi skickar också brev till kontors gemensamma adresser, till exempel ett näringslivskontor eller ett
bibliotek. Det gör vi efter en intresseavvägning (artikel 6.1 f): vårt uppdrag är att berätta vad som händer i
området, och breven rör kontorens arbete. En sådan adress är sällan en personuppgift. Vi sparar adressen,
kontorets namn och vilka brev som har skickats. Du kan säga nej när som helst, med länken i brevet.</p>
<h2>När du har sagt nej</h2>
<p>Då minns vi att adressen inte ska få brev, så att den inte läggs in igen av misstag (artikel 6.1 f).
Ber du oss att radera allt sparar vi inte adressen: kvar blir ett fingeravtryck av den, som inte går att
läsa.</p>
<h2>Hur länge</h2>
<dl class="chosen">
{% for row in kept %}
<dt>{{ row.name }}</dt>
<dd>{{ row.values[0] }}</dd>
{% endfor %}
</dl>
{% if decision %}
<p>Tiderna är bestämda i {{ decision }}.</p>
{% endif %}
<h2>Vem som får se uppgifterna</h2>
<p>De som arbetar med breven hos oss. Vi säljer inga adresser och lånar inte ut dem. Breven går genom en
mejlserver, på samma sätt som all annan e-post.</p>
<h2>Inget följer dig</h2>
<p>Här finns inga kakor. Vi mäter inte om du öppnar ett brev eller vad du trycker på: breven har inga osynliga
bilder, och länkarna leder raka vägen. Inget bestäms om dig av en dator.</p>
<h2>Dina rättigheter</h2>
<p>Du har rätt att</p>
<ul>
<li>få veta vad vi har sparat om dig, med en kopia,</li>
<li>få fel rättade,</li>
<li>få allt raderat,</li>
<li>få användningen begränsad,</li>
<li>få ut dina uppgifter som en fil,</li>
<li>ta tillbaka ett samtycke,</li>
<li>säga nej till att vi använder uppgifter efter en intresseavvägning.</li>
</ul>
<p>Skriv till <a href="mailto:{{ site.mail }}">{{ site.mail }}</a>. Vi svarar inom en månad. Tycker du att vi
gör fel kan du klaga hos Integritetsskyddsmyndigheten:
<a href="{{ authority }}">Lämna ett klagomål till IMY</a>.</p>
<p class="end small soft">Texten är från {{ written_on }}.</p>
</div>
</article>
{% endblock %}
"""
"""The privacy notice."""

ACCESSIBILITY = """{% extends "base" %}
{% block main %}
<article class="story">
<div class="words">
<p class="lead">{{ site.sender }} står bakom den här webbplatsen. Vi vill att så många som möjligt ska kunna
använda den. Här står hur den följer lagen om tillgänglighet till digital offentlig service, vad vi vet
brister och hur du säger till när något inte fungerar.</p>
<h2>Hur tillgänglig är webbplatsen?</h2>
<p>Webbplatsen {{ site.name }}, {{ address }}, är delvis förenlig med lagens krav. Bristerna står nedan.</p>
<p>Det mesta ska fungera för alla: sidorna ska gå att använda med bara tangentbord, utan skript, förstorade
till 400 procent och i mörkt läge. De är byggda för att kunna läsas upp av skärmläsare. Inget rör sig, och
inget har en tid att passa utom länkarna i mejl, som du kan be om igen.</p>
<h2>Det här vet vi brister</h2>
<ul>
<li>Ingen har ännu prövat sidorna med en skärmläsare.</li>
<li>Breven visas som de skickades. E-post byggs med tabeller för utseendets skull. De är märkta så att
skärmläsare hoppar över dem, men ett äldre brev kan ändå läsas upp i en annan ordning än det visas.</li>
<li>Bilder beskrivs av den som skrev nyheten. Någon beskrivning kan vara för kort.</li>
<li>Länkar kan leda till filer och sidor hos andra. Dem råder vi inte över.</li>
</ul>
<h2>Säg till om något inte fungerar</h2>
<p>Kan du inte använda en sida eller ett formulär? Skriv till
<a href="mailto:{{ site.mail }}">{{ site.mail }}</a>, så hjälper vi dig. Du kan få innehållet på ett annat
sätt.
{%- if has_signup %}

Du kan också prenumerera, ändra och avsluta genom att skriva dit.
{%- endif %}</p>
<p>Hittar du en brist som inte står här? Berätta det på samma adress, så att vi kan rätta den.</p>
<h2>Tillsyn</h2>
<p>Myndigheten för digital förvaltning, Digg, har tillsyn över lagen. Är du inte nöjd med hur vi tar hand
om det du har påtalat kan du <a href="{{ authority }}">anmäla bristande tillgänglighet till Digg</a>.</p>
<h2>Så har vi granskat</h2>
<p>Varje slags sida är granskad mot WCAG 2.1, nivå AA, i egen regi, med programmet axe: i ljust och mörkt
läge, i smala och breda fönster. Ett sådant program hittar bara en del av det som kan vara fel.
{%- if has_signup %}

Att prenumerera, ändra sina val, pausa och avsluta är också prövat hela vägen i en webbläsare, en gång med
bara tangentbord och en gång utan skript.
{%- endif %}

Ingen utomstående har granskat webbplatsen.</p>
<p class="end small soft">Webbplatsen granskades {{ written_on }}. Redogörelsen är från samma dag.</p>
</div>
</article>
{% endblock %}
"""
"""The accessibility statement, in the order of Digg's own model."""
